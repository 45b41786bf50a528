-- v40 (compatible with v1+): E-mail addresses and telephone numbers of accounts
-- medium: email or msisdn. address: in canonical form, so that each belongs to one account at most.
CREATE TABLE third_party_identifiers (
  medium TEXT NOT NULL,
  address TEXT NOT NULL,
  user_id TEXT NOT NULL,
  validated_at BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (medium, address)
);
CREATE INDEX third_party_identifiers_by_user ON third_party_identifiers (user_id);
