using System.Globalization;

namespace BlazorChat.Bench;

/// <summary>Figures as a table with the budget beside each, and whether all budgets were met.</summary>
internal sealed class Report(string title)
{
    private readonly List<(string Name, string Value, string Budget, string Verdict)> _rows = [];

    /// <summary>Whether no budget was missed so far.</summary>
    public bool Met { get; private set; } = true;

    /// <summary>A figure without a budget.</summary>
    public void Add(string name, double value, string unit) => _rows.Add((name, Number(value, unit), "", ""));

    /// <summary>A fact in words.</summary>
    public void Add(string name, string value) => _rows.Add((name, value, "", ""));

    /// <summary>A figure that must not exceed its budget; past <paramref name="alarm"/> the verdict is louder.</summary>
    public void AtMost(string name, double value, double budget, string unit, double? alarm = null)
    {
        var met = value <= budget;
        Met &= met;
        _rows.Add((name, Number(value, unit), "≤ " + Number(budget, unit), met ? "ok" : value > alarm ? "ALARM" : "over"));
    }

    /// <summary>A figure that must reach its budget.</summary>
    public void AtLeast(string name, double value, double budget, string unit)
    {
        var met = value >= budget;
        Met &= met;
        _rows.Add((name, Number(value, unit), "≥ " + Number(budget, unit), met ? "ok" : "under"));
    }

    /// <summary>A fact that must hold.</summary>
    public void MustBe(string name, string value, string expected)
    {
        var met = value == expected;
        Met &= met;
        _rows.Add((name, value, expected, met ? "ok" : "WRONG"));
    }

    /// <summary>Prints the table and returns the process's exit code.</summary>
    public int Print()
    {
        (string Name, string Value, string Budget, string Verdict)[] rows = [(title, "figure", "budget", ""), .. _rows];
        var name = rows.Max(r => r.Name.Length);
        var value = rows.Max(r => r.Value.Length);
        var budget = rows.Max(r => r.Budget.Length);
        Console.WriteLine();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            Console.WriteLine($"{row.Name.PadRight(name)}  {row.Value.PadLeft(value)}  {row.Budget.PadLeft(budget)}  {row.Verdict}".TrimEnd());
            if (i == 0)
            {
                Console.WriteLine(new string('-', name + value + budget + 9));
            }
        }

        Console.WriteLine();
        Console.WriteLine(Met ? "All budgets met." : "A budget was missed.");
        return Met ? 0 : 1;
    }

    private static string Number(double value, string unit)
    {
        var digits = Math.Abs(value) switch { 0 => "0", < 1 => "0.000", < 100 => "0.0", _ => "#,0" };
        return (value.ToString(digits, CultureInfo.InvariantCulture) + " " + unit).TrimEnd();
    }
}
