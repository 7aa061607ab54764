// Dialogs with a form.

import { button, h, openDialog } from "./dom.js";
import { notify } from "./state.js";

// A dialog whose submit button runs `action`; an error is shown in it, else it closes and shows
// the message that the action returns. `busy`: the button's text meanwhile, also in its data-busy.
export function formDialog(
  title,
  { submit, cancel = "Cancel", autofocus = false, busy = submit, action },
  ...children
) {
  const error = h("p", { className: "bad", role: "alert" });
  const submitButton = h("button", { type: "submit", className: "main", autofocus, data: { busy } }, submit);
  const buttons = h(
    "div",
    { className: "buttons" },
    button(cancel, () => dialog.close()),
    submitButton,
  );
  const form = h("form", { method: "dialog" }, ...children, error, buttons);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submitButton.disabled = true;
    error.textContent = "";
    const wanted = submitButton.textContent;
    submitButton.textContent = submitButton.dataset.busy;
    const progress = h("progress", { className: "late", "aria-label": submitButton.dataset.busy });
    form.append(progress);
    try {
      const message = await action();
      dialog.close();
      if (message) notify(message);
    } catch (problem) {
      error.textContent = problem.message;
      submitButton.disabled = false;
      submitButton.textContent = wanted;
      progress.remove();
    }
  });
  const dialog = openDialog(title, form);
  return dialog;
}
