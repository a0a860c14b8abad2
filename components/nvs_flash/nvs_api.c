/* SPDX-License-Identifier: Apache-2.0 */
/* Handles, and the typed calls over the store. */
#include <string.h>

#include "nvs.h"
#include "nvs_flash_store.h"

#define MAX_HANDLES 8u

struct open_namespace {
    nvs_handle_t handle; /* 0: free */
    uint8_t ns;
    nvs_open_mode_t mode;
};

static struct open_namespace opened[MAX_HANDLES];
static nvs_handle_t last_handle;

void nvs_api_forget(void)
{
    memset(opened, 0, sizeof(opened));
}

static struct open_namespace *find_handle(nvs_handle_t handle)
{
    for (unsigned i = 0; i < MAX_HANDLES; i++) {
        if (opened[i].handle == handle) {
            return &opened[i];
        }
    }
    return NULL;
}

static esp_err_t check_name(const char *name)
{
    if (!name || name[0] == '\0') {
        return ESP_ERR_NVS_INVALID_NAME;
    }
    return strlen(name) > NVS_KEY_LEN ? ESP_ERR_NVS_KEY_TOO_LONG : ESP_OK;
}

/* The namespace of a handle that may do what is wanted. */
static esp_err_t use(nvs_handle_t handle, nvs_open_mode_t mode, uint8_t *ns)
{
    const struct open_namespace *open = handle ? find_handle(handle) : NULL;

    if (!open || !nvs_flash_store()) {
        return ESP_ERR_NVS_INVALID_HANDLE;
    }
    if (mode == NVS_READWRITE && open->mode != NVS_READWRITE) {
        return ESP_ERR_NVS_READ_ONLY;
    }
    *ns = open->ns;
    return ESP_OK;
}

static esp_err_t use_key(nvs_handle_t handle, nvs_open_mode_t mode, const char *key, uint8_t *ns)
{
    esp_err_t err = use(handle, mode, ns);

    return err == ESP_OK ? check_name(key) : err;
}

esp_err_t nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out)
{
    struct open_namespace *free_slot = find_handle(0);
    esp_err_t err = check_name(name);
    uint8_t ns;

    if (!nvs_flash_store()) {
        return ESP_ERR_NVS_NOT_INITIALIZED;
    }
    if (err != ESP_OK) {
        return err;
    }
    if (!out) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!free_slot) {
        return ESP_ERR_NO_MEM;
    }
    err = nvs_store_namespace(nvs_flash_store(), name, mode == NVS_READWRITE, &ns);
    if (err == ESP_OK) {
        last_handle = last_handle + 1 != 0 ? last_handle + 1 : 1;
        *free_slot = (struct open_namespace){last_handle, ns, mode};
        *out = last_handle;
    }
    return err;
}

void nvs_close(nvs_handle_t handle)
{
    struct open_namespace *open = handle ? find_handle(handle) : NULL;

    if (open) {
        memset(open, 0, sizeof(*open));
    }
}

static esp_err_t set_number(nvs_handle_t handle, const char *key, uint8_t type, const void *value,
                            uint32_t len)
{
    uint8_t ns;
    esp_err_t err = use_key(handle, NVS_READWRITE, key, &ns);

    return err == ESP_OK ? nvs_store_set_number(nvs_flash_store(), ns, key, type, value, len) : err;
}

static esp_err_t get_number(nvs_handle_t handle, const char *key, uint8_t type, void *out,
                            uint32_t len)
{
    uint8_t ns;
    esp_err_t err = use_key(handle, NVS_READONLY, key, &ns);

    if (err == ESP_OK && !out) {
        err = ESP_ERR_INVALID_ARG;
    }
    return err == ESP_OK ? nvs_store_get_number(nvs_flash_store(), ns, key, type, out, len) : err;
}

#define NUMBER_CALLS(suffix, type, stored)                                                         \
    esp_err_t nvs_set_##suffix(nvs_handle_t handle, const char *key, type value)                   \
    {                                                                                              \
        return set_number(handle, key, stored, &value, sizeof(value));                             \
    }                                                                                              \
    esp_err_t nvs_get_##suffix(nvs_handle_t handle, const char *key, type *out)                    \
    {                                                                                              \
        return get_number(handle, key, stored, out, sizeof(*out));                                 \
    }

NUMBER_CALLS(i8, int8_t, NVS_STORED_I8)
NUMBER_CALLS(u8, uint8_t, NVS_STORED_U8)
NUMBER_CALLS(i16, int16_t, NVS_STORED_I16)
NUMBER_CALLS(u16, uint16_t, NVS_STORED_U16)
NUMBER_CALLS(i32, int32_t, NVS_STORED_I32)
NUMBER_CALLS(u32, uint32_t, NVS_STORED_U32)
NUMBER_CALLS(i64, int64_t, NVS_STORED_I64)
NUMBER_CALLS(u64, uint64_t, NVS_STORED_U64)

static esp_err_t set_data(nvs_handle_t handle, const char *key, uint8_t type, const void *value,
                          size_t len)
{
    uint8_t ns;
    esp_err_t err = use_key(handle, NVS_READWRITE, key, &ns);

    return err == ESP_OK ? nvs_store_set_data(nvs_flash_store(), ns, key, type, value, len) : err;
}

static esp_err_t get_data(nvs_handle_t handle, const char *key, uint8_t type, void *out,
                          size_t *len)
{
    uint8_t ns;
    esp_err_t err = use_key(handle, NVS_READONLY, key, &ns);

    if (err == ESP_OK && !len) {
        err = ESP_ERR_INVALID_ARG;
    }
    return err == ESP_OK ? nvs_store_get_data(nvs_flash_store(), ns, key, type, out, len) : err;
}

esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value)
{
    if (!value) {
        return ESP_ERR_INVALID_ARG;
    }
    return set_data(handle, key, NVS_STORED_STR, value, strlen(value) + 1);
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length)
{
    if (!value && length) {
        return ESP_ERR_INVALID_ARG;
    }
    return set_data(handle, key, NVS_STORED_BLOB_DATA, value, length);
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out, size_t *length)
{
    return get_data(handle, key, NVS_STORED_STR, out, length);
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out, size_t *length)
{
    return get_data(handle, key, NVS_STORED_BLOB_DATA, out, length);
}

esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key)
{
    uint8_t ns;
    esp_err_t err = use_key(handle, NVS_READWRITE, key, &ns);

    return err == ESP_OK ? nvs_store_erase(nvs_flash_store(), ns, key) : err;
}

esp_err_t nvs_erase_all(nvs_handle_t handle)
{
    uint8_t ns;
    esp_err_t err = use(handle, NVS_READWRITE, &ns);

    return err == ESP_OK ? nvs_store_erase_namespace(nvs_flash_store(), ns) : err;
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
    uint8_t ns;

    return use(handle, NVS_READONLY, &ns);
}
