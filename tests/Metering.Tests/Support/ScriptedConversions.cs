namespace ProviderAgent.Metering.Tests;

/// <summary>Terms of conversion as a test sets them.</summary>
internal sealed class ScriptedConversions : IMarketConversions
{
    public ConversionTerms Terms { get; set; } = new(Denom.Parse("uact"), Denom.Parse("uakt"), null, Decimal18.Parse("2"), 0, Sample.Uakt(0), 10);

    public List<Conversion> Pending { get; } = [];

    public bool IsAway { get; set; }

    public Task<ConversionTerms> GetTermsAsync(CancellationToken ct) => IsAway ? Task.FromException<ConversionTerms>(new MarketUnavailableException("away")) : Task.FromResult(Terms);

    public Task<IReadOnlyList<Conversion>> ListPendingAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<Conversion>>([.. Pending]);

    public Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct) => Task.FromResult<Decimal18?>(Decimal18.One);
}
