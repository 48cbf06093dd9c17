/* SPDX-License-Identifier: MIT
 *
 * Copy to local_config.h, which is ignored by git, and fill in. */
#ifndef LOCAL_CONFIG_H
#define LOCAL_CONFIG_H

#ifndef TIRTC_DEVICE_SECRET_KEY
#define TIRTC_DEVICE_SECRET_KEY "your-device-secret-key"
#endif
#define TIRTC_REMOTE_DEVICE_SECRET_KEY "peer_device_secret_key"
#define TIRTC_TOKEN_SECRET_KEY  ""
#define TIRTC_CONNECT_TOKEN     "short_lived_one_time_connect_token"
#define DEVICE_SECRET_KEY_MAX   256
#define NVS_KEY_DEV_SECRET      "dev_secret"
#define NVS_KEY_AK_SECRET       "ak_secret"

#define HASH_SECRET_KEY0        0x9e3779b97f4a7c15
#define LICENSE_FORMAT          "%s,%s"

enum { TIRTC_OPT_SERVICE_ENDPOINT = 1, TIRTC_OPT_DEVICE_SECRET_KEY = 7 };

#endif
