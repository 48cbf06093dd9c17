"""Verifies a connect token on standard input with nothing but the standard library."""
import base64, hashlib, hmac, json, os, sys

def sign(key, text):
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

version, payload, signature = sys.stdin.read().strip().split(".")
device = sign(os.environ["TIRTC_DEVICE_SECRET_KEY"], payload)
assert version == "v1" and signature == sign(os.environ["TIRTC_SECRET_KEY"], f"{payload}.{device}")
claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
assert list(claims) == ["sub", "scope", "iss", "iat", "exp", "nonce"] and claims["sub"] == os.environ["SUBJECT"]
