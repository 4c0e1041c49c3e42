using ProviderAgent.Ledger.Tests;

// Started by the tests as a second process; the test runner itself does not come through here.
return args switch
{
    ["hold", var directory] => await ChildVerbs.HoldAsync(directory),
    ["write", var directory, var run] => await ChildVerbs.WriteAsync(directory, int.Parse(run, System.Globalization.CultureInfo.InvariantCulture)),
    ["version-file", var directory] => await ChildVerbs.WriteVersionFileAsync(directory),
    _ => 2,
};
