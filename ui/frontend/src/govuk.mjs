// Starts the parts of GOV.UK Frontend that the pages use. Without it every page still works.
import {
  Accordion,
  Button,
  Checkboxes,
  createAll,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
} from "govuk-frontend";

// As upstream's, but takes the page's own place in the history, so that "Back" does not lead to it.
class LeaveThisPage extends ExitThisPage {
  exitPage() {
    this.$updateSpan.textContent = "";
    document.body.classList.add("govuk-exit-this-page-hide-content");
    this.$overlay = document.createElement("div");
    this.$overlay.className = "govuk-exit-this-page-overlay";
    this.$overlay.setAttribute("role", "alert");
    document.body.appendChild(this.$overlay);
    this.$overlay.textContent = this.i18n.t("activated");
    window.location.replace(this.$button.href);
  }
}

const parts = [
  Accordion,
  Button,
  Checkboxes,
  ErrorSummary,
  LeaveThisPage,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
];

document.body.classList.add("js-enabled", "govuk-frontend-supported");
parts.forEach((part) => createAll(part));
