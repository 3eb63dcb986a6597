import { createContext, use } from "react";
import type { Screen } from "./screen.js";
import type { Theme } from "./theme.js";

/** Two things that stay the same as long as the screen lives; what changes is in the screen's stores. */
export interface ScreenTools {
  readonly screen: Screen;
  readonly theme: Theme;
}

export const ScreenContext = createContext<ScreenTools | null>(null);

export function useScreen(): ScreenTools {
  const tools = use(ScreenContext);
  if (!tools) throw new Error("no screen around this component");
  return tools;
}
