// SPDX-License-Identifier: Apache-2.0

// Package tirtc issues connect tokens: v1.<payload>.<signature>.
package tirtc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
)

// ErrNoSecretKey tells that TIRTC_SECRET_KEY_ID is not set.
var ErrNoSecretKey = errors.New("tirtc: secret_key_id: set TIRTC_SECRET_KEY_ID")

// Options of an issuer. SecretKeyID and DeviceSecretKey never leave the process.
type Options struct {
	AccessKeyID     string `json:"access_key_id" env:"TIRTC_ACCESS_KEY_ID"`
	SecretKeyID     string `json:"secret_key_id,omitempty" env:"TIRTC_SECRET_KEY_ID"`
	DeviceSecretKey string `json:"device_secret_key,omitempty" env:"TIRTC_DEVICE_SECRET_KEY"`
}

// FromEnvironment reads the options.
func FromEnvironment() (Options, error) {
	o := Options{
		AccessKeyID:     os.Getenv("TIRTC_ACCESS_KEY_ID"),
		SecretKeyID:     os.Getenv("TIRTC_SECRET_KEY_ID"),
		DeviceSecretKey: os.Getenv("TIRTC_DEVICE_SECRET_KEY"),
	}
	if o.SecretKeyID == "" {
		return o, ErrNoSecretKey
	}
	return o, nil
}

func sign(secretKey, deviceSecretKey, payload string) string {
	deviceSig := mac(deviceSecretKey, payload)
	return "v1." + payload + "." + mac(secretKey, payload+"."+deviceSig)
}

func mac(key, content string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(content))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
