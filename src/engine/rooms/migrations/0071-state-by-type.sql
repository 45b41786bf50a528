-- v71 (compatible with v1+): State of one type is found in the state itself
DROP INDEX events_by_state_type;
