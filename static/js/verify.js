// The verification page: a certificate's file is hashed here, in the browser, and never sent.
// Works on plain HTTP too, where `crypto.subtle` is not there: then the digest is computed by `sha256` below.

import { sha256 } from "./sha256.js";

const LARGEST = 20 * 1024 * 1024;

/** @param {ArrayBuffer} data @returns {Promise<string>} 64 hex digits */
export async function digestOf(data) {
  const bytes = globalThis.crypto && crypto.subtle
    ? new Uint8Array(await crypto.subtle.digest("SHA-256", data))
    : sha256(new Uint8Array(data));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function start(area) {
  const input = area.querySelector("input[type=file]");
  const status = area.querySelector("[data-status]");
  const look = async (file) => {
    if (!file) return;
    if (file.size > LARGEST) {
      status.textContent = status.dataset.large;
      return;
    }
    status.textContent = status.dataset.reading;
    const digest = await digestOf(await file.arrayBuffer());
    window.location.assign(area.dataset.verify.replace("DIGEST", digest));
  };
  input.addEventListener("change", () => look(input.files[0]));
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("drop--over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("drop--over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("drop--over");
    look(event.dataTransfer.files[0]);
  });
}

if (globalThis.document) for (const area of document.querySelectorAll("[data-verify]")) start(area);
