"""Signs a person in with Authlib: code with PKCE, ID token, UserInfo, refresh, introspection, revocation, client credentials."""

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.common.security import generate_token
from joserfc import jwt
from joserfc.jwk import KeySet
from visit import client_id, client_secret, metadata, redirect_uri, say, visit

server = metadata()
session = OAuth2Session(
    client_id,
    client_secret,
    scope="openid offline_access profile basic",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    token_endpoint=server["token_endpoint"],
)
verifier = generate_token(48)
nonce = generate_token(16)
url, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
back = visit(url)
first = dict(
    session.fetch_token(
        server["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
)
keys = KeySet.import_key_set(requests.get(server["jwks_uri"], timeout=30).json())
claims = jwt.decode(first["id_token"], keys, algorithms=server["id_token_signing_alg_values_supported"]).claims
assert claims["nonce"] == nonce and claims["aud"] == client_id and claims["iss"] == server["issuer"], claims
info = session.get(server["userinfo_endpoint"]).json()
second = dict(session.refresh_token(server["token_endpoint"], refresh_token=first["refresh_token"]))
told = session.introspect_token(server["introspection_endpoint"], second["access_token"]).json()
session.revoke_token(server["revocation_endpoint"], second["refresh_token"], token_type_hint="refresh_token")
after = session.introspect_token(server["introspection_endpoint"], second["access_token"]).json()
own = OAuth2Session(client_id, client_secret, scope="basic").fetch_token(
    server["token_endpoint"], grant_type="client_credentials"
)
say(
    {
        "username": info["preferred_username"],
        "subject": info["sub"] == claims["sub"],
        "refreshed": second["refresh_token"] != first["refresh_token"],
        "told": told["active"],
        "revoked": after == {"active": False},
        "machine": own["token_type"] == "Bearer",
    }
)
