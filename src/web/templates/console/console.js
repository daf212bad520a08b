// What makes pages handier. No page needs it: everything works by links and forms.
"use strict";
