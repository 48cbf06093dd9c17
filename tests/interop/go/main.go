// Signs connect tokens with Go's standard library, by the description of the format and not by scrubjay's
// code: the payload in base64url, signed by the device and then by the application, or by the application
// alone. Keys and claims come from the environment; the first argument is the scheme.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"time"
)

var encoding = base64.RawURLEncoding

func mac(key, text string) string {
	hash := hmac.New(sha256.New, []byte(os.Getenv(key)))
	fmt.Fprint(hash, text)
	return encoding.EncodeToString(hash.Sum(nil))
}

func main() {
	issued := time.Now().Unix()
	claims := fmt.Sprintf(`{"sub":%q,"scope":%q,"iss":%q,"iat":%d,"exp":%d,"nonce":%q}`,
		os.Getenv("SUBJECT"), "connect:"+os.Getenv("REMOTE_ID"), os.Getenv("ACCESS_ID"),
		issued, issued+300, fmt.Sprint(issued, os.Getpid()))
	payload := encoding.EncodeToString([]byte(claims))
	signed := payload
	if os.Args[1] == "device-then-app" {
		signed += "." + mac("TIRTC_DEVICE_SECRET_KEY", payload)
	}
	fmt.Println("v1." + payload + "." + mac("TIRTC_SECRET_KEY", signed))
}
