// Wire types carry the same short names as the market's own; they are always written with this prefix.
global using Wire = ProviderAgent.Chain.Wire;
