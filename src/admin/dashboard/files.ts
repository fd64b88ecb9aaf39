/** The dashboard's files as text within the program: read from the source tree, and carried along by every build. */
import uPlotLicence from "uplot/LICENSE" with { type: "text" };
import uPlotModule from "uplot/dist/uPlot.esm.js" with { type: "text" };
import uPlotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import api from "./assets/api.js" with { type: "text" };
import app from "./assets/app.js" with { type: "text" };
import charts from "./assets/charts.js" with { type: "text" };
import decisions from "./assets/decisions.js" with { type: "text" };
import dialog from "./assets/dialog.js" with { type: "text" };
import digests from "./assets/digests.js" with { type: "text" };
import dom from "./assets/dom.js" with { type: "text" };
import format from "./assets/format.js" with { type: "text" };
import health from "./assets/health.js" with { type: "text" };
import held from "./assets/held.js" with { type: "text" };
import icon from "./assets/icon.svg" with { type: "text" };
import page from "./assets/index.html" with { type: "text" };
import overview from "./assets/overview.js" with { type: "text" };
import parts from "./assets/parts.js" with { type: "text" };
import policy from "./assets/policy.js" with { type: "text" };
import sessions from "./assets/sessions.js" with { type: "text" };
import stream from "./assets/stream.js" with { type: "text" };
import style from "./assets/style.css" with { type: "text" };

/** Every file by its name under /assets/; `index.html` is the page itself. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ["index.html", page],
  ["style.css", style],
  ["icon.svg", icon],
  ["api.js", api],
  ["app.js", app],
  ["charts.js", withoutBareNames(charts)],
  ["decisions.js", decisions],
  ["dialog.js", dialog],
  ["digests.js", digests],
  ["dom.js", dom],
  ["format.js", format],
  ["health.js", health],
  ["held.js", held],
  ["overview.js", overview],
  ["parts.js", parts],
  ["policy.js", policy],
  ["sessions.js", sessions],
  ["stream.js", stream],
  ["uplot.js", uPlotModule],
  ["uplot.css", uPlotStyle],
  ["uplot-licence.txt", uPlotLicence],
]);

/** Browsers know no package names, and a map of them would have to stand in the page, which its policy forbids. */
function withoutBareNames(text: string): string {
  return text.replace('from "uplot"', 'from "./uplot.js"');
}
