import { isScalar, type Node, visit } from "yaml";

/** Environment variables: what `${NAME}` in a configuration file stands for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts the environment's values in the place of `${NAME}` in every string value (keys are left alone); `$${` stands for
 * the two characters. The tree is changed in place, so that the strings keep their positions in the file.
 */
export function substitute(root: Node, environment: Environment, problem: (node: Node, message: string) => void): void {
  visit(root, {
    Scalar(key, node) {
      if (key === "key" || !isScalar(node) || typeof node.value !== "string") return;
      node.value = node.value.replace(/\$(\$\{|\{([^}]*)\})/g, (_whole, rest: string, name: string | undefined) => {
        if (name === undefined) return rest;
        const value = environment[name];
        if (value === undefined) problem(node, unsetMessage(name));
        return value ?? "";
      });
    },
  });
}

function unsetMessage(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `the environment variable ${name} is not set`;
  return `\${${name}} does not name an environment variable (write $\${ for the characters themselves)`;
}
