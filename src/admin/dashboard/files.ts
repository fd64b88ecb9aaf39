/** The dashboard's files as text within the program: read from the source tree, and carried along by every build. */
import uPlotLicence from "uplot/LICENSE" with { type: "text" };
import uPlotModule from "uplot/dist/uPlot.esm.js" with { type: "text" };
import uPlotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import app from "./assets/app.js" with { type: "text" };
import icon from "./assets/icon.svg" with { type: "text" };
import page from "./assets/index.html" with { type: "text" };
import style from "./assets/style.css" with { type: "text" };

/** Our modules by file name. */
const MODULES: Readonly<Record<string, string>> = { "app.js": app };

/** Every file by its name under /assets/; `index.html` is the page itself. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ["index.html", page],
  ["style.css", style],
  ["icon.svg", icon],
  ...Object.entries(MODULES).map(([name, text]) => [name, withoutBareNames(text)] as const),
  ["uplot.js", uPlotModule],
  ["uplot.css", uPlotStyle],
  ["uplot-licence.txt", uPlotLicence],
]);

/** Browsers know no package names; a map of them would have to stand in the page, which its policy forbids. */
function withoutBareNames(text: string): string {
  return text.replaceAll('from "uplot"', 'from "./uplot.js"');
}
