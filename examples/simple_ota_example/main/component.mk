COMPONENT_REQUIRES := esp_common esp_event esp_http_client esp_https_ota app_update esp_netif freertos log \
    nvs_flash protocol_examples_common
COMPONENT_EMBED_TXTFILES := $(PROJECT_PATH)/server_certs/ca_cert.pem

$(PROJECT_PATH)/server_certs/ca_cert.pem:
	@echo "error: no certificate of the update server: '$@'" >&2
	@echo "hint: make one: $(AIRSLOT) cert --host 10.0.2.2 --out $(@D)" >&2
	@exit 1
