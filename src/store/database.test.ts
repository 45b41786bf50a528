import { check, requirements } from "../../test/support/database-compliance.ts";
import { eachDatabase } from "../../test/support/databases.ts";

for (const requirement of requirements) {
  eachDatabase(requirement.name, async (database) => await check(requirement, database));
}
