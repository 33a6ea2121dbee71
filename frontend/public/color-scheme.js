/* Sets the colour scheme before the first paint, so that nobody sees a white flash. A file of its own because the CSP allows no inline script. */
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem("conducktor-color-scheme");
  } catch (error) {
    // Storage may be switched off; the system's choice is then used.
  }
  var prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  var scheme = stored === "light" || stored === "dark" ? stored : prefersDark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
