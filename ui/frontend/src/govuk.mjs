// Starts the parts of GOV.UK Frontend that the pages use. Without it every page still works.
import {
  Button,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
} from "govuk-frontend";

const parts = [
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
];

document.body.classList.add("js-enabled", "govuk-frontend-supported");
parts.forEach((part) => createAll(part));
