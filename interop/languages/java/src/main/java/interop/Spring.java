package interop;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.security.crypto.keygen.Base64StringKeyGenerator;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** Signs a person in with Spring Security's client, as its login filter does: code with PKCE and nonce, UserInfo, refresh. */
final class Spring {
  public static void main(String[] args) throws Exception {
    var registration =
        ClientRegistrations.fromIssuerLocation(Visit.ISSUER)
            .registrationId("consentry")
            .clientId(Visit.CLIENT_ID)
            .clientSecret(Visit.CLIENT_SECRET)
            .redirectUri(Visit.REDIRECT_URI)
            .scope("openid", "offline_access", "profile", "basic")
            .userNameAttributeName("preferred_username")
            .build();
    var keys = new Base64StringKeyGenerator(Base64.getUrlEncoder().withoutPadding(), 96);
    var verifier = keys.generateKey();
    var nonce = keys.generateKey();
    var request =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(registration.getProviderDetails().getAuthorizationUri())
            .clientId(registration.getClientId())
            .redirectUri(registration.getRedirectUri())
            .scopes(registration.getScopes())
            .state(keys.generateKey())
            .attributes(Map.of("registration_id", "consentry", "code_verifier", verifier, "nonce", nonce))
            .additionalParameters(
                Map.of(
                    "nonce", hash(nonce), "code_challenge", hash(verifier), "code_challenge_method", "S256"))
            .build();
    var back = Visit.to(java.net.URI.create(request.getAuthorizationRequestUri()));
    Map<String, List<String>> answer = URLUtils.parseParameters(back.getRawQuery());
    var response =
        OAuth2AuthorizationResponse.success(answer.get("code").get(0))
            .redirectUri(registration.getRedirectUri())
            .state(answer.get("state").get(0))
            .build();

    var provider =
        new OidcAuthorizationCodeAuthenticationProvider(
            new RestClientAuthorizationCodeTokenResponseClient(), new OidcUserService());
    var signedIn =
        (OAuth2LoginAuthenticationToken)
            provider.authenticate(
                new OAuth2LoginAuthenticationToken(registration, new OAuth2AuthorizationExchange(request, response)));
    var user = (OidcUser) signedIn.getPrincipal();
    var next =
        new RestClientRefreshTokenTokenResponseClient()
            .getTokenResponse(
                new OAuth2RefreshTokenGrantRequest(
                    registration, signedIn.getAccessToken(), signedIn.getRefreshToken()));
    var machine =
        ClientRegistration.withClientRegistration(registration)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope("basic")
            .build();
    var own =
        new RestClientClientCredentialsTokenResponseClient()
            .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(machine));
    Visit.say(
        Map.of(
            "username", user.getName(),
            "subject", user.getUserInfo().getSubject().equals(user.getIdToken().getSubject()),
            "refreshed", !next.getRefreshToken().getTokenValue().equals(signedIn.getRefreshToken().getTokenValue()),
            "machine", own.getRefreshToken() == null && own.getAccessToken().getTokenType().getValue().equals("Bearer")));
  }

  private static String hash(String text) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }
}
