// "Telephony restarts": come back to the page as soon as it can be shown, asking 1, 2, 4, 8 s apart.
let wait_s = 1;

async function look() {
  try {
    if ((await fetch("/healthz")).ok) return location.reload();
  } catch {
    // the portal itself is away: ask again
  }
  wait_s = Math.min(8, wait_s * 2);
  setTimeout(look, wait_s * 1000);
}

setTimeout(look, wait_s * 1000);
