import { dashboardFile } from "../dashboard/mod.ts";
import { route } from "../route.ts";

const tag = "Dashboard";

/** The page for people. It holds no data: what it shows it asks the API for, with the login's cookie. */
export const DASHBOARD_ROUTES = [
  route({
    method: "GET",
    path: "/",
    open: true,
    tag,
    summary: "The dashboard, for people; it asks for the key",
    answers: { 200: { description: "A page", contentType: "text/html" } },
    handle: () => dashboardFile("index.html"),
  }),
  route({
    method: "GET",
    path: "/assets/{name}",
    open: true,
    tag,
    summary: "A file of the dashboard",
    answers: {
      200: { description: "The file", contentType: "*/*" },
      404: { description: "There is no such file" },
    },
    handle: (_context, { path: { name = "" } }) => dashboardFile(name),
  }),
];
