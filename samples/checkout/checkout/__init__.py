"""The checkout service. Its tables are its own business; the contract is what others see."""
