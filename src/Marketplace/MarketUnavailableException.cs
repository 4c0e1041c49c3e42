namespace ProviderAgent.Marketplace;

/// <summary>The market could not be asked, or its answer made no sense. Says nothing about the market's state: unknown is not empty.</summary>
public sealed class MarketUnavailableException : Exception
{
    public MarketUnavailableException(string message, bool isTransient = true, Exception? inner = null)
        : base(message, inner) => IsTransient = isTransient;

    /// <summary>False when trying again cannot help, for example on the wrong network.</summary>
    public bool IsTransient { get; }
}
