"""Signs a person in with requests-oauthlib: code with PKCE, UserInfo, and a refresh that the session makes by itself."""

import visit as interop
from requests_oauthlib import OAuth2Session

server = interop.metadata()
kept = []
session = OAuth2Session(
    interop.client_id,
    scope=["openid", "offline_access", "profile", "basic"],
    redirect_uri=interop.redirect_uri,
    pkce="S256",
    auto_refresh_url=server["token_endpoint"],
    auto_refresh_kwargs={"client_id": interop.client_id, "client_secret": interop.client_secret},
    token_updater=kept.append,
)
url, _state = session.authorization_url(server["authorization_endpoint"])
back = interop.visit(url)
first = dict(
    session.fetch_token(
        server["token_endpoint"], authorization_response=back, client_secret=interop.client_secret
    )
)
# As it is when it has expired: the next request refreshes it first.
session.token = {**first, "expires_in": -10, "expires_at": 1}
info = session.get(server["userinfo_endpoint"]).json()
interop.say(
    {
        "username": info["preferred_username"],
        "refreshed": len(kept) == 1 and kept[0]["refresh_token"] != first["refresh_token"],
    }
)
