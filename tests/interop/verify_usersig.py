"""Verifies a UserSig on standard input with nothing but the standard library."""
import base64, hashlib, hmac, json, os, sys, zlib

token = sys.stdin.read().strip().translate(str.maketrans("*-_", "+/="))
claims = json.loads(zlib.decompress(base64.b64decode(token, validate=True)))
names = ["identifier", "sdkappid", "time", "expire"] + ["userbuf"] * ("TLS.userbuf" in claims)
signed = "".join(f"TLS.{name}:{claims['TLS.' + name]}\n" for name in names)
digest = hmac.new(os.environ["TRTC_SDK_SECRET_KEY"].encode(), signed.encode(), hashlib.sha256).digest()
assert claims["TLS.sig"] == base64.b64encode(digest).decode() and claims["TLS.ver"] == "2.0"
