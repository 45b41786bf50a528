-- v35 (compatible with v1+): Cross-signing keys, and signatures that were added to keys
-- usage: 'master', 'self_signing' or 'user_signing'. json: the key as it was uploaded, as canonical JSON.
CREATE TABLE cross_signing_keys (
  user_id TEXT NOT NULL,
  usage TEXT NOT NULL,
  public_key TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, usage)
);

-- target_key: a device ID, or the public key of a cross-signing key. signer_key: with its algorithm, 'ed25519:...'.
CREATE TABLE key_signatures (
  target_user TEXT NOT NULL,
  target_key TEXT NOT NULL,
  signer_user TEXT NOT NULL,
  signer_key TEXT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (target_user, signer_user, target_key, signer_key)
);
CREATE INDEX key_signatures_by_signer ON key_signatures (signer_user, signer_key);
