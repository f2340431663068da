"""Whether an entailed conclusion is worth anything: what it says beyond single premises."""
