-- Devices and their secrets, encrypted by the service.
CREATE TABLE devices (
  device_id          CHAR(12)     NOT NULL PRIMARY KEY,
  device_secret_key  VARBINARY(256) NOT NULL COMMENT '设备密钥，加密保存',
  license_sha256     CHAR(64)     NOT NULL,
  secret_key_version INT          NOT NULL DEFAULT 1
);
INSERT INTO devices (device_id, device_secret_key, license_sha256) VALUES (?, ?, ?);
UPDATE devices SET device_secret_key = :device_secret_key WHERE device_id = 'TIRZ00000001';
SELECT device_id, device_secret_key FROM devices WHERE license_sha256 = '486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7';
