int kept(int), never(int), gained(int), lost(int), gone_ran(int), gone_unrun(int);
int excluded_ran(int), excluded_unrun(int), included_ran(int), included_unrun(int);

int main(void) {
    int sum = kept(1) + lost(1) + gone_ran(1);
    sum += excluded_ran(1) + included_ran(1);
    return sum > 0 ? 0 : 1;
}
