using ProviderAgent.Cli;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Cli.Verbs.Devnet;
using ProviderAgent.Cli.Verbs.Pricing;
using ProviderAgent.Config;

var loader = ConfigLoaderFactory.Create();
IVerb[] verbs =
[
    new RunVerb(loader),
    .. new OperatorVerbs(loader).All(),
    new PriceVerb(loader, TimeProvider.System),
    new ReplayVerb(loader, TimeProvider.System),
    new DryRunVerb(loader, TimeProvider.System),
    new ImportPricesVerb(),
    .. new InventoryVerbs(loader).All(),
    .. new MarketVerbs(loader).All(),
    new KeysVerb(),
    new ConfigVerb(loader),
    new DevnetVerb(),
    new DoctorVerb(loader, TimeProvider.System),
    new HostHelperVerb(),
    new GpuProbeVerb(),
    new VersionVerb(),
];
return await new CommandLine(new CliContext(Console.Out, Console.Error), verbs).RunAsync(args);
