import { useState } from "preact/hooks";

type Theme = "auto" | "light" | "dark";

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const PLACE = "fastbreak-theme";

/** Light, dark, or as the system says; kept where the browser lets a file keep something. */
export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(remembered);
  apply(theme);
  const choose = () => {
    const next = NEXT[theme];
    try {
      localStorage.setItem(PLACE, next);
    } catch {
      // It holds until the page is closed.
    }
    setTheme(next);
  };
  return (
    <button type="button" class="theme" onClick={choose} aria-label={`Colours: ${theme}. Change`} title="Colours">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
      </svg>
      <span>{theme}</span>
    </button>
  );
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(PLACE);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
}

function apply(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
