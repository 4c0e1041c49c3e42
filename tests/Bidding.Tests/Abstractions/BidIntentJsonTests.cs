using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Abstractions;

public sealed class BidIntentJsonTests
{
    public static TheoryData<BidIntent> Intents =>
    [
        new BidIntent.Place(new(Build.OrderId(1), Build.Provider), Build.PerTick("5.931488"), new(500_000, Build.Uakt), null),
        new BidIntent.Place(new(Build.OrderId(2), Build.Provider), Build.PerTick("0.000000000000000001"), new(1, Build.Uact), TimeSpan.FromHours(24)),
        new BidIntent.TakeBack(new(Build.OrderId(3), Build.Provider)),
    ];

    [Theory]
    [MemberData(nameof(Intents))]
    public void Read_WhatWasWritten_IsTheSame(BidIntent intent) => Assert.Equal(intent, BidIntentJson.Read(BidIntentJson.Write(intent)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"schema":2,"kind":"take_back","bid":"akash1tenant/1/1/1/akash1provider"}""")]
    [InlineData("""{"schema":1,"kind":"take_back","bid":"akash1tenant/1/1"}""")]
    [InlineData("""{"schema":1,"kind":"explode","bid":"akash1tenant/1/1/1/akash1provider"}""")]
    [InlineData("""{"schema":1,"kind":"place","bid":"akash1tenant/1/1/1/akash1provider"}""")]
    [InlineData("""{"schema":1,"kind":"place","bid":"akash1tenant/1/1/1/akash1provider","amount":"x","denom":"uact","per":"Tick","deposit":"1uakt"}""")]
    [InlineData("""{"schema":1,"kind":"place","bid":"akash1tenant/1/1/1/akash1provider","amount":"1","denom":"uact","per":"Era","deposit":"1uakt"}""")]
    public void Read_DamagedOrForeign_IsRefused(string json) => Assert.Throws<FormatException>(() => BidIntentJson.Read(json));
}
