package interop;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.net.URI;
import java.util.Map;

/** Signs a person in with the Nimbus SDK: pushed request, code with PKCE, DPoP, UserInfo, refresh, introspection, revocation. */
final class Nimbus {
  public static void main(String[] args) throws Exception {
    var id = new ClientID(Visit.CLIENT_ID);
    var auth = new ClientSecretBasic(id, new Secret(Visit.CLIENT_SECRET));
    var redirect = URI.create(Visit.REDIRECT_URI);
    var server = OIDCProviderMetadata.resolve(new Issuer(Visit.ISSUER));
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    var proofs = new DefaultDPoPProofFactory(key, JWSAlgorithm.ES256);

    var verifier = new CodeVerifier();
    var state = new State();
    var nonce = new Nonce();
    var scope = new Scope("openid", "offline_access", "profile", "basic");
    var asked =
        new AuthenticationRequest.Builder(ResponseType.CODE, scope, id, redirect)
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .build();
    var par = new PushedAuthorizationRequest(server.getPushedAuthorizationRequestEndpointURI(), auth, asked);
    var pushed = PushedAuthorizationResponse.parse(par.toHTTPRequest().send()).toSuccessResponse();
    var url =
        new AuthorizationRequest.Builder(pushed.getRequestURI(), id)
            .endpointURI(server.getAuthorizationEndpointURI())
            .build()
            .toURI();
    var back = AuthenticationResponseParser.parse(Visit.to(url)).toSuccessResponse();
    if (!state.equals(back.getState()) || !server.getIssuer().equals(back.getIssuer())) {
      throw new IllegalStateException("not our state or issuer");
    }

    var code = new AuthorizationCodeGrant(back.getAuthorizationCode(), redirect, verifier);
    var first = OIDCTokenResponse.parse(token(server, auth, code, proofs)).getOIDCTokens();
    var claims =
        new IDTokenValidator(server.getIssuer(), id, JWSAlgorithm.RS256, server.getJWKSetURI().toURL())
            .validate(first.getIDToken(), nonce);
    var access = (DPoPAccessToken) first.getAccessToken();
    var request = new UserInfoRequest(server.getUserInfoEndpointURI(), access).toHTTPRequest();
    request.setDPoP(proofs.createDPoPJWT("GET", server.getUserInfoEndpointURI(), access));
    var info = UserInfoResponse.parse(request.send()).toSuccessResponse().getUserInfo();

    var refresh = new RefreshTokenGrant(first.getRefreshToken());
    var second = OIDCTokenResponse.parse(token(server, auth, refresh, proofs)).getOIDCTokens();
    var introspect =
        new TokenIntrospectionRequest(server.getIntrospectionEndpointURI(), auth, second.getAccessToken());
    var told = TokenIntrospectionResponse.parse(introspect.toHTTPRequest().send()).toSuccessResponse();
    new TokenRevocationRequest(server.getRevocationEndpointURI(), auth, second.getRefreshToken())
        .toHTTPRequest()
        .send()
        .ensureStatusCode(200);
    var after = TokenIntrospectionResponse.parse(introspect.toHTTPRequest().send()).toSuccessResponse();
    Visit.say(
        Map.of(
            "username", info.getPreferredUsername(),
            "subject", info.getSubject().equals(claims.getSubject()),
            "refreshed", !second.getRefreshToken().equals(first.getRefreshToken()),
            "told", told.isActive() && told.toJSONObject().containsKey("cnf"),
            "revoked", !after.isActive()));
  }

  private static HTTPResponse token(
      OIDCProviderMetadata server, ClientSecretBasic auth, AuthorizationGrant grant, DefaultDPoPProofFactory proofs)
      throws Exception {
    HTTPRequest request = new TokenRequest(server.getTokenEndpointURI(), auth, grant).toHTTPRequest();
    request.setDPoP(proofs.createDPoPJWT("POST", server.getTokenEndpointURI()));
    return request.send();
  }
}
