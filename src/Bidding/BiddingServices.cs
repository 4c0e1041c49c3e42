using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Registration of this room.</summary>
public static class BiddingServices
{
    /// <summary>Adds the bidding. Needs the inventory, an <see cref="IMarketplace"/>, an <see cref="IBidJournal"/> and an <see cref="IDecisionLog"/>.</summary>
    /// <remarks>Register another <see cref="IDrainSwitch"/> before this to keep the switch over restarts, and any number of <see cref="ILeaseWonHandler"/>s.</remarks>
    public static IServiceCollection AddBidding(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BiddingOptions>, BiddingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PricingOptions>, PricingOptionsValidator>());
        services.AddOptions<BiddingOptions>().ValidateOnStart();
        services.AddOptions<PricingOptions>().ValidateOnStart();
        services.TryAddSingleton<IDrainSwitch, DrainSwitch>();
        services.TryAddSingleton<IPricingPolicy, ConfiguredPricing>();
        services.TryAddSingleton<BiddingActivity>();
        services.TryAddSingleton<SilenceAlarm>();
        services.TryAddSingleton<ISpendingMeter, NothingSpent>();
        services.AddCoinPrices();
        services.TryAddSingleton<ListKeeper>();
        services.TryAddSingleton<IAccessLists>(provider => provider.GetRequiredService<ListKeeper>());
        services.TryAddSingleton<OrderRecorder>();
        services.TryAddSingleton<WinnersBoard>();
        services.TryAddSingleton<WinnersKeeper>();
        services.TryAddSingleton<PricingFactsSource>();
        services.TryAddSingleton<BiddingGate>();
        services.TryAddSingleton<BiddingPulses>();
        services.TryAddSingleton<InFlight>();
        services.TryAddSingleton(_ => new RememberedOrders());
        services.TryAddSingleton<OrderBook>();
        services.TryAddSingleton<OrderQueues>();
        services.TryAddSingleton<MarketFacts>();
        services.TryAddSingleton<HostFactsSource>();
        services.TryAddSingleton<GroupReader>();
        services.TryAddSingleton<JournalKeeper>();
        services.TryAddSingleton<BidAdopter>();
        services.TryAddSingleton<BidRefusals>();
        services.TryAddSingleton<BidPlacer>();
        services.TryAddSingleton<BidCloser>();
        services.TryAddSingleton<OrderEvaluator>();
        services.TryAddSingleton<OrderScan>();
        services.TryAddSingleton<Reconciler>();
        services.TryAddSingleton<MarketEventReader>();
        services.TryAddSingleton<BidEngine>();
        services.TryAddSingleton<IBiddingStatus>(provider => provider.GetRequiredService<BidEngine>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMarketEventHandler, BidEngine>(provider => provider.GetRequiredService<BidEngine>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ListKeeper>(provider => provider.GetRequiredService<ListKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CoinPriceKeeper>(provider => provider.GetRequiredService<CoinPriceKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WinnersKeeper>(provider => provider.GetRequiredService<WinnersKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OrderRecorder>(provider => provider.GetRequiredService<OrderRecorder>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BidEngine>(provider => provider.GetRequiredService<BidEngine>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, LivenessCheck>());
        return services;
    }

    /// <summary>Adds what is needed to know a coin's price, without anything that reads it by itself.</summary>
    public static IServiceCollection AddCoinPrices(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BiddingMetrics>();
        services.TryAddSingleton<CoinPriceBoard>();
        services.TryAddSingleton<CoinPriceKeeper>();
        services.TryAddSingleton<ICoinPrices>(provider => provider.GetRequiredService<CoinPriceKeeper>());
        return services;
    }

    /// <summary>Where the market does not count: there is nothing to compare a limit with.</summary>
    private sealed class NothingSpent : ISpendingMeter
    {
        public Coin FeesWithin(TimeSpan stretch) => new(0, Denom.Parse("uakt"));
    }

    /// <summary>The check behind the watchdog; the same however often the room is added.</summary>
    private sealed class LivenessCheck : IConfigureOptions<HealthCheckServiceOptions>
    {
        public void Configure(HealthCheckServiceOptions options) =>
            options.Registrations.Add(new("bidding", provider => provider.GetRequiredService<BidEngine>(), failureStatus: null, ["live"]));
    }
}
