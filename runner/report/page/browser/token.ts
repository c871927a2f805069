const PLACE = "fastbreak-token";

/** The token that the command has printed with the address; it stays with this tab and leaves the address. */
export function takeToken(): string {
  const given = /^#token=(.*)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(PLACE, decodeURIComponent(given));
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(PLACE) ?? "";
}
