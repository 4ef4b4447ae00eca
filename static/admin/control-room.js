"use strict";

// Watches a run, or waits for one to begin: asks every second, and loads the page anew when it is done.
const watched = document.querySelector("[data-live]");
const LATE_AFTER = 10;
let asked = 0;

function show(progress) {
  const put = (name, text) => {
    const place = watched.querySelector(`[data-live-${name}]`);
    if (place && place.textContent !== text) place.textContent = text;
  };
  put("step", progress.step);
  put("seconds", Math.round(progress.seconds).toString());
  put("rows", progress.rows ? `, ${progress.rows.toLocaleString("en")} rows read` : "");
  for (const step of progress.steps) {
    watched.querySelector(`[data-step="${step.name}"]`).dataset.state = step.state;
  }
}

async function ask() {
  try {
    const response = await fetch(watched.dataset.live, { headers: { Accept: "application/json" } });
    if (response.redirected || response.status === 403) return location.reload(); // logged out meanwhile
    const progress = await response.json();
    if (progress.url) return location.replace(progress.url);
    if (progress.steps) show(progress);
    if (progress.done) return location.reload();
  } catch {
    // The site does not answer just now: the import does not mind, so ask again.
  }
  asked += 1;
  if (asked === LATE_AFTER) watched.querySelector("[data-live-late]")?.removeAttribute("hidden");
  setTimeout(ask, 1000);
}

if (watched) setTimeout(ask, 300);
