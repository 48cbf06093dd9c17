"""Takes a legacy UserSig on standard input apart: what was signed, and the signature, each into a file."""
import base64, json, sys, zlib

token = sys.stdin.read().strip().translate(str.maketrans("*-_", "+/="))
claims = json.loads(zlib.decompress(base64.b64decode(token, validate=True)))
names = ["appid_at_3rd", "account_type", "identifier", "sdk_appid", "time", "expire_after"]
with open(sys.argv[1], "w", newline="") as signed:
    signed.writelines(f"TLS.{name}:{claims['TLS.' + name]}\n" for name in names)
with open(sys.argv[2], "wb") as signature:
    signature.write(base64.b64decode(claims["TLS.sig"]))
