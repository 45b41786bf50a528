import type { Module } from "../module.ts";
import { defineFilter } from "./define-filter.endpoint.ts";
import { getFilter } from "./filter.endpoint.ts";
import type { Filters } from "./filters.ts";

export { createFilters, type Filters } from "./filters.ts";

/** Filters that clients store. */
export const filter = (needs: { readonly filters: Filters }): Module => ({
  name: "filter",
  spec: [
    {
      section: "Filtering",
      link: "https://spec.matrix.org/v1.19/client-server-api/#filtering",
      status: "complete",
    },
  ],
  endpoints: [defineFilter(needs), getFilter(needs)],
});
