package interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.Map;
import net.minidev.json.JSONObject;

/** What the programs here share: where to go is said on a line of output, and where that led is read from a line of input. */
final class Visit {
  static final String ISSUER = System.getenv("INTEROP_ISSUER");
  static final String CLIENT_ID = System.getenv("INTEROP_CLIENT_ID");
  static final String CLIENT_SECRET = System.getenv("INTEROP_CLIENT_SECRET");
  static final String REDIRECT_URI = System.getenv("INTEROP_REDIRECT_URI");

  static void say(Map<String, ?> value) {
    System.out.println(JSONObject.toJSONString(value));
    System.out.flush();
  }

  static URI to(URI url) throws IOException {
    say(Map.of("go", url.toString()));
    return URI.create(new BufferedReader(new InputStreamReader(System.in)).readLine().trim());
  }

  private Visit() {}
}
