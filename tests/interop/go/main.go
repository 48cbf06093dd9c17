// Signs one connect token with the vendor's listing; keys and claims come from the environment.
package main

import (
	"fmt"
	"os"

	"interop/tirtc"
)

func main() {
	token, err := tirtc.GenerateConnectToken(
		os.Getenv("ACCESS_ID"), os.Getenv("TIRTC_SECRET_KEY"), os.Getenv("REMOTE_ID"),
		os.Getenv("TIRTC_DEVICE_SECRET_KEY"), os.Getenv("SUBJECT"), 300)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token)
}
