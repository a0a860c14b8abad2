/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration under which the client components are tested on the host. */
#ifndef SDKCONFIG_H
#define SDKCONFIG_H

#define CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN         4096
#define CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN        1024
#define CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH    1
#define CONFIG_MBEDTLS_HAVE_TIME_DATE             1
#define CONFIG_MBEDTLS_CLIENT_SSL_SESSION_TICKETS 1
#define CONFIG_APP_COMPILE_TIME_DATE              1
#define CONFIG_HTTP_BUF_SIZE                      512
#define CONFIG_OTA_BUF_SIZE                       1024
#define CONFIG_OTA_RESUME                         1
#define CONFIG_OTA_RETRIES                        3
#define CONFIG_OTA_TIMEOUT                        300
#define CONFIG_OTA_MIN_SECURE_VERSION             0
#define CONFIG_LOG_DEFAULT_LEVEL                  3

#endif
