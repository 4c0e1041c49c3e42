global using Wire = ProviderAgent.Chain.Wire;
