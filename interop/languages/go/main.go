// Program main signs a person in with golang.org/x/oauth2 and coreos/go-oidc, as an app written in Go does. It says where to go on
// a line of its output, reads where that led from a line of its input, and says at the end what came of it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"net/url"
)

func say(value any) {
	line, err := json.Marshal(value)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	issuer, redirect := os.Getenv("INTEROP_ISSUER"), os.Getenv("INTEROP_REDIRECT_URI")
	id, secret := os.Getenv("INTEROP_CLIENT_ID"), os.Getenv("INTEROP_CLIENT_SECRET")
	provider, err := oidc.NewProvider(ctx, issuer)
	check(err)
	config := oauth2.Config{
		ClientID:     id,
		ClientSecret: secret,
		RedirectURL:  redirect,
		Endpoint:     provider.Endpoint(),
		Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess, "profile", "basic"},
	}
	verifier := oauth2.GenerateVerifier()
	say(map[string]string{"go": config.AuthCodeURL("state-of-go", oidc.Nonce("nonce-of-go"), oauth2.S256ChallengeOption(verifier))})

	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	check(err)
	back, err := url.Parse(line[:len(line)-1])
	check(err)
	if back.Query().Get("state") != "state-of-go" || back.Query().Get("iss") != issuer {
		check(fmt.Errorf("not our state or issuer: %s", line))
	}
	token, err := config.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	check(err)
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: id}).Verify(ctx, raw)
	check(err)
	if idToken.Nonce != "nonce-of-go" {
		check(fmt.Errorf("not our nonce: %s", idToken.Nonce))
	}
	check(idToken.VerifyAccessToken(token.AccessToken))
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	check(err)
	var claims struct {
		Username string `json:"preferred_username"`
	}
	check(info.Claims(&claims))

	// As it is when it has expired: the source refreshes it.
	token.Expiry = time.Now().Add(-time.Minute)
	next, err := config.TokenSource(ctx, token).Token()
	check(err)
	own := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: provider.Endpoint().TokenURL, Scopes: []string{"basic"}}
	machine, err := own.Token(ctx)
	check(err)
	say(map[string]any{
		"username":  claims.Username,
		"subject":   idToken.Subject == info.Subject,
		"refreshed": next.RefreshToken != token.RefreshToken && next.AccessToken != token.AccessToken,
		"machine":   machine.Type() == "Bearer",
	})
}
