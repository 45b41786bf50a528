/** Which part of Matrix the files of SyTest are about. */

/** The areas of the page, in its order; a file belongs to the first whose pattern fits. */
export const areas: readonly { readonly title: string; readonly files: RegExp }[] = [
  { title: "Accounts", files: /^(10apidoc\/(0[12]|1[23])|11register|12login|13logout|14account|48admin|54identity)/ },
  { title: "Keys", files: /^(41end-to-end-keys|50federation\/40devicelists)/ },
  { title: "Media", files: /^51media/ },
  { title: "Application services", files: /^60app-services/ },
  { title: "Federation", files: /^(50federation|30rooms\/03members-remote|32room-versions|46direct\/04federation)/ },
  { title: "Client-server API", files: /^/ },
];

/** The file without the folder that all are in. */
export const shortName = (file: string): string => file.replace(/^tests\//, "").replace(/\.pl$/, "");

/** The title of the area of a file. */
export function areaOf(file: string): string {
  return areas.find(({ files }) => files.test(shortName(file)))?.title ?? "";
}

/** Files with a common beginning, such as `31sync`. */
export const groupOf = (file: string): string => shortName(file).replace(/\/.*/, "");
