const GIVES_UP = /if\(!(\w+)\)throw new Error\("Unable to find valid caller file;/;

/**
 * Lets every release of core find the file that defines an action. Up to 3.0.56 core looks for it in the stack alone and gives up, since
 * the names of scripts are not paths of the project here; later releases ask the global `__dataform_current_file` first. The stock CLI
 * mends older releases at the same statement.
 *
 * @param bundle text of core's bundle.js
 */
export function askingForCallerFile(bundle: string): string {
  return bundle.replace(GIVES_UP, (statement, file: string) =>
    statement.replace(`!${file}`, `!${file}&&!(${file}=globalThis.__dataform_current_file)`),
  );
}
