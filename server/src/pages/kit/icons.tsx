/** The few line drawings of the pages. All are decoration: words stand beside them. */
import type { Child } from 'hono/jsx'

function Drawing(props: { children: Child }) {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {props.children}
    </svg>
  )
}

export function ShieldIcon() {
  return (
    <Drawing>
      <path d="M10 1.8l7 2.6v4.9c0 4.9-2.8 7.3-7 9-4.2-1.7-7-4.1-7-9V4.4z" />
      <path d="M6.8 10.1l2.4 2.4 4.2-4.6" />
    </Drawing>
  )
}

export function PersonIcon() {
  return (
    <Drawing>
      <circle cx="10" cy="6.8" r="3.2" />
      <path d="M3.5 17c1-3.2 3.5-4.6 6.5-4.6s5.5 1.4 6.5 4.6" />
    </Drawing>
  )
}

export function MailIcon() {
  return (
    <Drawing>
      <rect x="2.5" y="4.5" width="15" height="11" rx="1.5" />
      <path d="M3 5.5l7 5.5 7-5.5" />
    </Drawing>
  )
}

export function ChartIcon() {
  return (
    <Drawing>
      <path d="M2.5 15l4-6 4 3 5-8 2 3" />
    </Drawing>
  )
}

export function PencilIcon() {
  return (
    <Drawing>
      <path d="M3.5 16.5l1-4 8.5-8.5 3 3-8.5 8.5z" />
      <path d="M11.3 5.7l3 3" />
    </Drawing>
  )
}

export function ClockIcon() {
  return (
    <Drawing>
      <circle cx="10" cy="10" r="7.2" />
      <path d="M10 5.8v4.4l2.8 1.8" />
    </Drawing>
  )
}

export function KeyIcon() {
  return (
    <Drawing>
      <circle cx="6.5" cy="13.5" r="3.5" />
      <path d="M9 11l7.5-7.5M13 7l2.5 2.5" />
    </Drawing>
  )
}

export function CheckIcon() {
  return (
    <Drawing>
      <circle cx="10" cy="10" r="7.7" />
      <path d="M6.6 10.3l2.4 2.4 4.4-5" />
    </Drawing>
  )
}

export function WarningIcon() {
  return (
    <Drawing>
      <path d="M10 2.8l7.7 13.7H2.3z" />
      <path d="M10 8v4M10 14.3v.1" />
    </Drawing>
  )
}

export function StopIcon() {
  return (
    <Drawing>
      <circle cx="10" cy="10" r="7.7" />
      <path d="M10 5.8v5M10 13.9v.1" />
    </Drawing>
  )
}

export function OpenIcon() {
  return (
    <Drawing>
      <path d="M7.5 4.5l5.5 5.5-5.5 5.5" />
    </Drawing>
  )
}

export function AppsIcon() {
  return (
    <Drawing>
      <rect x="3" y="3" width="5.5" height="5.5" rx="1.2" />
      <rect x="11.5" y="3" width="5.5" height="5.5" rx="1.2" />
      <rect x="3" y="11.5" width="5.5" height="5.5" rx="1.2" />
      <path d="M14.2 11.8v5M11.7 14.3h5" />
    </Drawing>
  )
}
