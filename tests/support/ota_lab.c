/* SPDX-License-Identifier: Apache-2.0 */
/* See ota_lab.h. */
#include "ota_lab.h"

#include <stdlib.h>

struct tls_peer_cert lab_cert;
uint8_t lab_image[LAB_IMAGE_LEN];
char lab_answer[LAB_IMAGE_LEN + 500];
struct lab_server lab_server;

int lab_make(void **state)
{
    (void)state;
    tls_peer_cert_new(&lab_cert, "IP:10.0.2.2", 0);
    for (size_t i = 0; i < sizeof(lab_image); i++) {
        lab_image[i] = (uint8_t)(i * 13 + i / 509);
    }
    lab_image[0] = 0xe9;
    memcpy(lab_image + 16, "\x32\x54\xcd\xab", 4);
    strcpy((char *)lab_image + LAB_VERSION_OFF, "v1.2.3");
    return 0;
}

int lab_free(void **state)
{
    (void)state;
    tls_peer_cert_free(&lab_cert);
    tls_peer_stop();
    return 0;
}

int lab_reset(void **state)
{
    (void)state;
    fake_device_reset();
    memset(&ota_slot, 0, sizeof(ota_slot));
    memset(&lab_server, 0, sizeof(lab_server));
    return 0;
}

struct tls_peer_config lab_serve(const char *head, size_t len, enum tls_peer_end end)
{
    size_t head_len = strlen(head);
    memcpy(lab_answer, head, head_len);
    memcpy(lab_answer + head_len, lab_image, len);
    return (struct tls_peer_config){
        .cert = &lab_cert, .answer = lab_answer, .answer_len = head_len + len, .end = end};
}

static esp_err_t update_from_peer(void)
{
    const esp_http_client_config_t config = {.url = LAB_URL, .cert_pem = lab_cert.pem};
    esp_err_t err = esp_https_ota(&config);
    assert_int_equal(tls_peer_open_connections(), 0);
    return err;
}

esp_err_t lab_update(const struct tls_peer_config *server)
{
    tls_peer_start(server);
    return update_from_peer();
}

static void answer_honestly(unsigned connection, const char *request)
{
    static const struct lab_step none = {.end = TLS_PEER_NOTIFY};
    const struct lab_step *step =
        connection <= lab_server.n ? &lab_server.steps[connection - 1] : &none;
    const char *range = strstr(request, "\r\nRange: bytes=");
    const char *if_range = strstr(request, "\r\nIf-Range: ");
    char head[300];
    lab_server.etag = step->etag != NULL ? step->etag : lab_server.etag;
    bool is_same =
        if_range != NULL && strncmp(if_range + 12, lab_server.etag, strlen(lab_server.etag)) == 0;
    size_t from =
        range != NULL && is_same && !lab_server.no_ranges ? strtoul(range + 15, NULL, 10) : 0;
    if (step->expected != NULL) {
        assert_non_null(strstr(request, step->expected));
    }
    if (step->unexpected != NULL) {
        assert_null(strstr(request, step->unexpected));
    }
    int n = from != 0
                ? snprintf(head, sizeof(head),
                           "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %zu-%u/%u\r\n"
                           "Content-Length: %zu\r\nETag: %s\r\n\r\n",
                           from, LAB_IMAGE_LEN - 1, LAB_IMAGE_LEN, LAB_IMAGE_LEN - from,
                           lab_server.etag)
                : snprintf(head, sizeof(head),
                           "HTTP/1.1 200 OK\r\nContent-Length: %u\r\nETag: %s\r\n\r\n",
                           LAB_IMAGE_LEN, lab_server.etag);
    if (step->head != NULL) {
        n = snprintf(head, sizeof(head), "%s", step->head);
    }
    size_t len = step->cut == SIZE_MAX ? 0 : step->cut != 0 ? step->cut : LAB_IMAGE_LEN - from;
    memcpy(lab_answer, head, (size_t)n);
    memcpy(lab_answer + n, lab_image + from, len);
    if (step->version != NULL) {
        assert_true(from == 0 && len > LAB_VERSION_OFF + sizeof(((esp_app_desc_t *)NULL)->version));
        strcpy(lab_answer + n + LAB_VERSION_OFF, step->version);
    }
    lab_server.config.answer_len = (size_t)n + len;
    lab_server.config.end = step->end;
    lab_server.body_bytes += len;
}

void lab_start(const struct lab_step *steps, size_t n)
{
    lab_server.config = (struct tls_peer_config){
        .cert = &lab_cert, .answer = lab_answer, .on_request = answer_honestly};
    lab_server.steps = steps;
    lab_server.n = n;
    lab_server.etag = lab_server.etag != NULL ? lab_server.etag : "\"v1\"";
    lab_server.body_bytes = 0;
    tls_peer_start(&lab_server.config);
}

esp_err_t lab_update_in_steps(const struct lab_step *steps, size_t n)
{
    lab_start(steps, n);
    return update_from_peer();
}

esp_https_ota_handle_t lab_begin(void)
{
    const esp_http_client_config_t http = {.url = LAB_URL, .cert_pem = lab_cert.pem};
    const esp_https_ota_config_t config = {.http_config = &http};
    esp_https_ota_handle_t handle;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    return handle;
}

esp_err_t lab_perform(esp_https_ota_handle_t handle)
{
    esp_err_t err;
    do {
        err = esp_https_ota_perform(handle);
    } while (err == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    return err;
}

void lab_assert_log(const char *text)
{
    if (!fake_log_has(text)) {
        fail_msg("log lacks '%s':\n%s", text, fake_log_text());
    }
}

void lab_assert_connections(unsigned n)
{
    assert_int_equal(tls_peer_connects(), n);
}

void lab_assert_whole(void)
{
    assert_int_equal(ota_slot.written, LAB_IMAGE_LEN);
    assert_memory_equal(ota_slot.image, lab_image, LAB_IMAGE_LEN);
    assert_int_equal(ota_slot.selects, 1);
}

void lab_assert_installed(void)
{
    lab_assert_whole();
    assert_int_equal(ota_slot.ends, 1);
    assert_int_equal(ota_slot.aborts, 0);
}

void lab_assert_not_installed(void)
{
    assert_int_equal(ota_slot.selects, 0);
    assert_int_equal(ota_slot.begins - (ota_slot.begin_err != ESP_OK),
                     ota_slot.ends + ota_slot.aborts);
}
