using ProviderAgent.Chain.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>Every registered error of the chain, as its documentation lists them: what each means for a provider, and what the sender does about it.</summary>
public sealed class CodeTableTests
{
    // Codespace, what it means, codes. Together with the treatments below each registered code stands here exactly once.
    private static readonly (string Codespace, MarketRefusal Meaning, uint[] Codes)[] Table =
    [
        ("market", MarketRefusal.Other, [1, 2, 3, 19, 25, 27, 29, 31, 33, 34]),
        ("market", MarketRefusal.PriceAboveLimit, [4, 22]),
        ("market", MarketRefusal.AttributesMismatch, [5]),
        ("market", MarketRefusal.BidNotFound, [6, 18]),
        ("market", MarketRefusal.LeaseNotFound, [7, 14, 20]),
        ("market", MarketRefusal.BidNotOpen, [8, 11, 12]),
        ("market", MarketRefusal.OrderNotFound, [9, 15, 16]),
        ("market", MarketRefusal.LeaseNotActive, [10]),
        ("market", MarketRefusal.OrderNotOpen, [13, 17, 23, 24, 26]),
        ("market", MarketRefusal.BidExists, [21]),
        ("market", MarketRefusal.DepositInvalid, [28]),
        ("market", MarketRefusal.ProviderNotRegistered, [30]),
        ("market", MarketRefusal.CapabilitiesMismatch, [32]),
        ("market", MarketRefusal.LeaseNotReclaimable, [35]),
        ("market", MarketRefusal.ReclaimAlreadyStarted, [36]),
        ("market", MarketRefusal.ReclaimNotStarted, [37]),
        ("market", MarketRefusal.ReclaimWindowNotElapsed, [38]),
        ("market", MarketRefusal.ReclaimWindowOutOfBounds, [39]),
        ("market", MarketRefusal.ReclaimRequired, [40]),
        ("market", MarketRefusal.ReclaimWindowTooShort, [41]),
        ("deployment", MarketRefusal.Other, [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 16, 19, 20, 21, 22, 23, 24, 25, 26]),
        ("deployment", MarketRefusal.OrderNotFound, [4, 14]),
        ("deployment", MarketRefusal.OrderNotOpen, [5, 15, 17, 18]),
        ("provider", MarketRefusal.ProviderInvalid, [1, 2, 6, 7, 8]),
        ("provider", MarketRefusal.ProviderNotRegistered, [3]),
        ("provider", MarketRefusal.ProviderExists, [4]),
        ("provider", MarketRefusal.Other, [5, 9, 10]),
        ("cert", MarketRefusal.CertificateNotValid, [1, 4]),
        ("cert", MarketRefusal.CertificateExists, [3]),
        ("cert", MarketRefusal.CertificateInvalid, [2, 5, 6, 7, 8, 9]),
        ("escrow", MarketRefusal.Other, [1, 6, 9, 10, 11, 12, 13, 18]),
        ("escrow", MarketRefusal.LeaseNotActive, [2, 4, 7]),
        ("escrow", MarketRefusal.LeaseNotFound, [3, 8]),
        ("escrow", MarketRefusal.DepositInvalid, [5, 14, 15, 16, 17]),
        ("audit", MarketRefusal.Other, [1, 2, 3]),
        ("bme", MarketRefusal.Other, [2, 3, 9, 10, 11, 13]),
        ("bme", MarketRefusal.ConversionHalted, [5, 6, 7, 12, 14, 15]),
        ("bme", MarketRefusal.ConversionTooSmall, [8, 16, 17]),
        ("akash", MarketRefusal.ProviderInvalid, [1, 2]),
        ("sdk", MarketRefusal.Other, [2, 3, 6, 7, 10, 11, 12, 14, 15, 18, 19, 20, 21, 22, 26, 28, 29, 30, 31, 32, 35, 36, 37, 38, 41, 42]),
        ("sdk", MarketRefusal.Unauthorized, [4, 8, 9]),
        ("sdk", MarketRefusal.InsufficientFunds, [5]),
        ("sdk", MarketRefusal.FeeTooLow, [13]),
        ("undefined", MarketRefusal.Other, [1, 111222]),
    ];

    private static readonly Dictionary<uint, CodeTreatment> Treatments = new()
    {
        [3] = CodeTreatment.Resync,
        [32] = CodeTreatment.Resync,
        [4] = CodeTreatment.ReadAccount,
        [11] = CodeTreatment.MoreGas,
        [13] = CodeTreatment.RaisePrice,
        [19] = CodeTreatment.IsSent,
        [20] = CodeTreatment.TryLater,
        [30] = CodeTreatment.Rebuild,
        [42] = CodeTreatment.Rebuild,
    };

    public static TheoryData<string, uint, MarketRefusal> Rows()
    {
        var rows = new TheoryData<string, uint, MarketRefusal>();
        foreach (var (codespace, meaning, codes) in Table)
        {
            foreach (var code in codes) rows.Add(codespace, code, meaning);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void FromCode_RegisteredCode_HasItsMeaningAndTreatment(string codespace, uint code, MarketRefusal meaning)
    {
        Assert.Equal(meaning, RefusalMap.FromCode(codespace, code));
        Assert.Equal(codespace == "sdk" ? Treatments.GetValueOrDefault(code, CodeTreatment.Refuse) : CodeTreatment.Refuse, RefusalMap.TreatmentOf(codespace, code));
    }

    [Fact]
    public void Table_NamesEachRegisteredCodeOnce()
    {
        var codes = Table.SelectMany(row => row.Codes.Select(code => (row.Codespace, code))).ToArray();

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.Equal(
            [("akash", 2), ("audit", 3), ("bme", 15), ("cert", 9), ("deployment", 26), ("escrow", 18), ("market", 41), ("provider", 10), ("sdk", 31), ("undefined", 2)],
            codes.GroupBy(code => code.Codespace).OrderBy(space => space.Key, StringComparer.Ordinal).Select(space => (space.Key, space.Count())));
    }

    [Theory]
    [InlineData("market", 42u)]
    [InlineData("sdk", 1111222u)]
    [InlineData("something", 1u)]
    [InlineData("", 32u)]
    public void FromCode_UnknownCode_IsOtherAndRefused(string codespace, uint code)
    {
        Assert.Equal(MarketRefusal.Other, RefusalMap.FromCode(codespace, code));
        Assert.Equal(CodeTreatment.Refuse, RefusalMap.TreatmentOf(codespace, code));
    }
}
