// What a press of a watch has to be told: why, and of time granted how much.

import { h, t } from "./dom.js";

/**
 * @param {"credit" | "clear" | "unstop"} kind
 * @param {(more: {reason: string, seconds?: string}) => void} done
 * @param {() => void} leave
 */
export function reasonForm(kind, done, leave) {
  const reason = h("input.watch__input", { id: "watch-reason", maxlength: "200", "aria-label": t("watch_reason"), placeholder: t("watch_reason") });
  const number = (id, label) => h("label.watch__number", {}, h("input.watch__input", { id, inputmode: "numeric", maxlength: "3", "aria-label": label }), label);
  const [minutes, seconds] = [number("watch-minutes", t("minutes")), number("watch-seconds", t("seconds"))];
  const value = (label) => Number(label.querySelector("input").value || "0");
  const hint = h("p.watch__hint", { role: "alert" });
  const confirm = () => {
    const total = value(minutes) * 60 + value(seconds);
    const isWrong = !reason.value.trim() || (kind === "credit" && !(Number.isInteger(total) && total > 0 && total <= 86400));
    if (isWrong) hint.textContent = t(kind === "credit" ? "watch_credit_wants" : "watch_wants_reason");
    else done({ reason: reason.value.trim(), ...(kind === "credit" ? { seconds: String(total) } : {}) });
  };
  return h(
    "div.watch__form",
    {},
    h("p.watch__title", {}, t(`watch_${kind}`)),
    kind === "credit" ? h("div.watch__amount", {}, minutes, seconds) : null,
    reason,
    hint,
    h("div.watch__keys", {}, h("button.watch__key.watch__key--main", { onclick: confirm, data: { watch: "confirm" } }, t("done")), h("button.watch__key", { onclick: leave, data: { watch: "leave" } }, t("cancel"))),
  );
}
